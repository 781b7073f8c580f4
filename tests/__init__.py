"""The tests of the product: each folder mirrors one of its own."""
