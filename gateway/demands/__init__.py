"""Demands: orders for carriage that small firms post and a pool operator answers with a share."""
