"""mmdata eval: how well a model answers a run's held-out questions, or a benchmark's, with intervals.

Accuracy is right answers over all questions that were asked. What cannot be judged (`undecided`) and what no answer
came to (`unanswered`) is never counted as right: it stays in the denominator and is shown beside, so that accuracy is
a lower bound, and accuracy with all undecided answers taken for right an upper one. An answer that was cut off at
`max_tokens` is wrong, as everywhere in mmdata.
"""
