//! Reading numbers: words, digits, magnitudes and fractions.
