"""One folder per question: what it computes, says and draws, and its commands."""
