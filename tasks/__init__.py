"""The built-in tasks, reached through the same entry point that a third party uses."""

TASKS = {
    "sorting": "tasks.sorting.task:Sorting",
    "convex_hull": "tasks.convex_hull.task:ConvexHullTask",
    "tsp": "tasks.tsp.task:TravellingSalesman",
    "text": "tasks.text.task:Text",
    "image_text": "tasks.image_text.task:ImageText",
}
"""Task name -> `module:class`, imported only when the task is used."""
