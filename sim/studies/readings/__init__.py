"""Which readings of the law matter?"""
