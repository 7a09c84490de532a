"""TSPLIB 95 files (Reinelt): instances, tours, tables of optima."""
