"""Which lead times do real projects have?"""
