"""Pictures of training, by matplotlib. Each function that draws returns a Figure; `keep` saves one.

Each draws on a new figure, or in place of the axes it is given as `ax`; `frames` gives several side by side. What is
spread over a plane (regions, activities, contours, a surface) takes a `Plane`: the grid of points it is known at.
"""

from .decisions import activities, regions, regions_over_time
from .descent import contours, surface
from .images import confusion_matrix, digit_sheet, weight_grid, weight_images
from .mazes import maze
from .paper import BLUE, GREY, ORANGE, frames, keep, ready
from .plane import Plane
from .programs import drawings, staircases, time_bars
from .training import curves, learning_rate_curve, loss_curve, training_curves

__all__ = [
    "BLUE",
    "GREY",
    "ORANGE",
    "Plane",
    "activities",
    "confusion_matrix",
    "contours",
    "curves",
    "digit_sheet",
    "drawings",
    "frames",
    "keep",
    "learning_rate_curve",
    "loss_curve",
    "maze",
    "ready",
    "regions",
    "regions_over_time",
    "staircases",
    "surface",
    "time_bars",
    "training_curves",
    "weight_grid",
    "weight_images",
]
