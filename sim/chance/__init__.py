"""The dice: named streams of integers and integer lead times. They know nothing above them."""
