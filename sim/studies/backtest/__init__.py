"""Would the model have foreseen 2009-2025?"""
