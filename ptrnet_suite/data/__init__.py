"""Problems as the user knows them, and batches of tensors as models see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ptrnet_suite.runtime.lazy import public_names

if TYPE_CHECKING:
    from ptrnet_suite.data.batch import END as END
    from ptrnet_suite.data.batch import Batch as Batch
    from ptrnet_suite.data.batch import pad as pad
    from ptrnet_suite.data.batch import to_batch as to_batch
    from ptrnet_suite.data.instances import Instances as Instances
    from ptrnet_suite.data.public import data_folder as data_folder
    from ptrnet_suite.data.public import find_data as find_data
else:
    __getattr__, __dir__, __all__ = public_names(
        __name__,
        {
            "batch": "END Batch pad to_batch",
            "instances": "Instances",
            "public": "data_folder find_data",
        },
    )
