"""Dialects: texts and code of other tools, read into trees and written from them."""
