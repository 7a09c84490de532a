"""What the pages show of results/: a module for each kind of table; `blocks` names them all."""
