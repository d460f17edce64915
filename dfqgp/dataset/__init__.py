"""One way from settings to data, for mining, reports, production jobs and notebooks."""

from dfqgp.dataset.build import DatasetBuilder, open_dataset
from dfqgp.dataset.dataset import Dataset
from dfqgp.dataset.settings import DatasetSettings

__all__ = ["Dataset", "DatasetBuilder", "DatasetSettings", "open_dataset"]
