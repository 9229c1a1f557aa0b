"""Who helps whom.

1. A rule is a pure function of a helper and a need; it answers with a name and facts, and words stand elsewhere.
2. Every rule that keeps a helper out is named, with what would bring the helper in.
3. Every point of a score has a reason that can be read aloud (domain.md F19).
4. Nothing here decides: a coordinator offers, a helper accepts.
"""
