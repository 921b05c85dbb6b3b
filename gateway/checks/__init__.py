"""What documents contradict: each other, the order they are about, and the agreement it is under.

A check compares one recorded document with what both sides agreed before it, and names what
differs with the line and both values. What becomes of a finding is the agreement's policy.
"""
