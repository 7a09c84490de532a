"""Texts to train and test on: files in their forms, public data by name, texts made by rules."""
