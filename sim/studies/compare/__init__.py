"""What does another rule, lever or rhythm do?"""
