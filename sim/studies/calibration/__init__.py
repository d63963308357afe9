"""Which parameters fit the past, and what do forecasts with them say?"""
