"""Why did a verdict fall?"""
