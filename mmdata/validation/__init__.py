"""Does this data teach? The same small student, trained with the same budget and seeds on each split, and asked the
same held-out questions: `mmdata validate`, `mmdata ablate`."""
