"""Rosters and results for people with pandas, polars or Excel.

```python
import pandas as pd
from uwlr import tables

frames = {name: pd.DataFrame(columns) for name, columns in tables.to_columns(roster).items()}
back = tables.from_columns(frames)
tables.to_xlsx(results, Path("resultaten.xlsx"))
results = tables.from_xlsx(Path("resultaten.xlsx"))
```

A message is the same tables as columns, in a workbook and in CSV: one per list, with the element names of the standard
as headings. What is wrong in a table is said with its row and column.
"""

from uwlr.convert import from_columns, from_csv, from_xlsx, to_columns, to_csv, to_xlsx

__all__ = ["from_columns", "from_csv", "from_xlsx", "to_columns", "to_csv", "to_xlsx"]
