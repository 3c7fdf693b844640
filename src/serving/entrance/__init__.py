"""The entrance: who asks, whether they may, and how they are answered."""
