"""The built-in tasks, reached through the same entry point that a third party uses."""

TASKS = {
    "sorting": "ptrnet_tasks.sorting.task:Sorting",
    "convex_hull": "ptrnet_tasks.convex_hull.task:ConvexHullTask",
    "tsp": "ptrnet_tasks.tsp.task:TravellingSalesman",
    "text": "ptrnet_tasks.text.task:Text",
    "image_text": "ptrnet_tasks.image_text.task:ImageText",
}
"""Task name -> `module:class`, imported only when the task is used."""
