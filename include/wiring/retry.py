"""What Airflow does after a failure of ours: come back at the right moment, or stop at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import RetryDecision, RetryPolicy

from include.errors import RetryableError, SetupError

if TYPE_CHECKING:
    from airflow.sdk import Context


class ByWhoCanPutItRight(RetryPolicy):
    """Retry at the moment that the error names, fail at once where an administrator must act, else as the Dag says."""

    def evaluate(self, exception: BaseException, try_number: int, max_tries: int, context: Context | None = None) -> RetryDecision:
        """Decide in the worker, with the exception at hand."""
        match exception:
            case RetryableError():
                return RetryDecision.retry(timedelta(seconds=exception.retry_after_s), reason=str(exception))
            case SetupError():
                return RetryDecision.fail(reason=f"an administrator must act: {exception}")
        return RetryDecision.default()

    def serialize(self) -> dict[str, Any]:
        """It has no settings; Airflow shows its name."""
        return {"__type": type(self).__name__}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> ByWhoCanPutItRight:
        """Make it again from what `serialize` said."""
        return cls()
