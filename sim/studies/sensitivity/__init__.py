"""Which uncertain parameters matter?"""
