"""What does a housing company need?"""
