"""The law as pure functions over integers: no clock, no chance, no files. Law values reach them as arguments."""
