"""What can go wrong in a story."""


class StoryWrong(RuntimeError):
    """The network did something other than the story expects."""
