"""What the server refuses, by the vendor's codes.

A text names at most a parameter of the contract, never what the caller sent: that may be a redemption code.
"""

STATUS = {-1000: 500, -1020: 405, -1099: 404, -2014: 401, -2015: 401}  # HTTP; all others are 400

TEXTS = {
    -1000: "An unknown error occurred while processing the request.",
    -1003: "Too many requests; current limit is {limit} request weight per 1 MINUTE.",
    -1006: "An unexpected response was received; the execution status is unknown.",
    -1007: "Timeout waiting for the backend; send status unknown, execution status unknown.",
    -1020: "This operation is not supported.",
    -1021: "Timestamp for this request is outside of the recvWindow, or over 1000ms ahead.",
    -1022: "Signature for this request is not valid.",
    -1099: "Not found, unauthenticated, or unauthorized.",
    -1100: "Illegal characters found in {parameter}.",
    -1101: "Too many parameters, or duplicate values for {parameter} detected.",
    -1102: "Mandatory {parameter} was not sent, was empty/null, or malformed.",
    -1103: "An unknown parameter was sent.",
    -1104: "Not all sent parameters were read: only a POST may have a body, and it must be a form.",
    -1105: "An empty value was sent for {parameter}.",
    -1111: "Precision is over the maximum defined for {parameter}.",
    -1130: "Data sent for {parameter} is not valid.",
    -1131: "recvWindow must be at most 60000, with at most three decimals.",
    -2014: "API-key format invalid.",
    -2015: "Invalid API-key, IP, or permissions for action.",
    -3026: "Validation failed: the gift card is unknown, used or expired.",
    -4026: "Insufficient balance.",
    -5002: "Insufficient balance.",
    -6012: "Insufficient balance.",
    -18002: "The total amount of the created cards exceeds the limit, please try again later.",
    -18003: "Too many cards created, please try again later.",
    -18004: "Too many invalid redeem attempts in 24 hours, please try again later.",
    -18005: "Too many invalid verify attempts, please try again later.",
    -18006: "The amount is too small, please re-enter.",
    -18007: "This token is not currently supported, please re-enter.",
}


class Refusal(Exception):  # noqa: N818  an answer of the API, not a fault of the program
    """The server says no: nothing happened."""

    def __init__(
        self, code: int, parameter: str = "", *, status: int = 0, retry_after_s: int | None = None, limit: int = 0
    ) -> None:
        self.code = code
        self.status = status or STATUS.get(code, 400)
        self.retry_after_s = retry_after_s
        self.by_account = False  # whether a well-made request was refused, by what the account may do
        self.text = text(code, parameter, limit)
        super().__init__(code, self.text)


def text(code: int, parameter: str = "", limit: int = 0) -> str:
    """What goes with the code. One that a rule made up has no text of its own."""
    known = TEXTS.get(code, "The request was refused.")
    return known.format(parameter=f"parameter '{parameter}'" if parameter else "a parameter", limit=limit)
