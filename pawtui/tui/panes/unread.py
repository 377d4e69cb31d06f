"""The rows that a refresh has changed and the user has not read yet."""

from pawtui.review.attention import attention, changed_since_review
from pawtui.review.views import Overview
from pawtui.review.walk import decided_since_refresh


class UnreadRows:
    """The subjects that changed and were not read since."""

    def __init__(self) -> None:
        self._overview: Overview | None = None
        self._subjects: frozenset[str] = frozenset()

    def update(self, overview: Overview) -> frozenset[str]:
        """Return the subjects for a new overview: a newer refresh adds subjects, a decision removes its subject."""
        before, self._overview = self._overview, overview
        if before is None:
            self._subjects = changed_since_review(overview)
        elif overview.last is not None and (before.last is None or before.last.id != overview.last.id):
            self._subjects |= attention(before, overview).all
        self._subjects -= decided_since_refresh(overview.record).keys()
        return self._subjects

    def mark_read(self, subject: str) -> frozenset[str]:
        """Return the subjects after this one was read."""
        self._subjects -= {subject}
        return self._subjects
