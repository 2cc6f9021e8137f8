"""The Common Expression Language as Kubernetes speaks it: expressions compiled once, judged many times.

`engine` is the only module that knows the library behind it. Nothing here knows of policies or schemas.
"""
