"""What the product knows, as plain values and pure functions.

Nothing here may touch Flask, the database, files, the clock or chance: time and randomness come in as arguments.
"""
