"""Does the model agree with independent evidence?"""
