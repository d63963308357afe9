"""Will the objective be realised?"""
