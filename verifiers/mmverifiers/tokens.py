"""The tokens and names of LaTeX and ASCII formulas."""

from __future__ import annotations

import re

TOKEN = re.compile(
    r"\d*\.\d*\\(?:overline|bar|dot)\s*\{?\d+\}?"
    r"|\\(?:operatorname|mathrm|text|mathbf|mathbb|mathit|mathcal|boldsymbol|overline|overrightarrow|vec|hat|bar|widehat)\*?\s*\{[^{}]*\}"
    r"|\\[A-Za-z]+|\\.|\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+|\*\*|[A-Za-z]|\S",
    re.DOTALL,
)
FUNCTIONS = frozenset("sin cos tan cot sec csc arcsin arccos arctan arccot sinh cosh tanh ln log lg exp".split())
NAMED = {
    "\\tg": "tan",
    "\\ctg": "cot",
    "\\arctg": "arctan",
    "\\asin": "arcsin",
    "\\acos": "arccos",
    "\\atan": "arctan",
}
CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|", "\\lfloor": "\\rfloor", "\\lceil": "\\rceil", "\\lvert": "\\rvert"}
GREEK = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho sigma tau upsilon"
    " phi varphi chi psi omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega ell hbar nabla".split()
)
STOPS = frozenset(r"+ - ) ] } , = < > / \pm \mp * ** \cdot \times \div |".split())
"""Before these a factor or an argument ends."""
ENDS = frozenset(r") ] } | + - * ** / ^ ! % \% \cdot \times \div \rfloor \rceil \rvert '".split())
"""These begin no factor."""
WRAPPER = re.compile(r"\\([A-Za-z]+)\*?\s*\{([^{}]*)\}", re.DOTALL)
