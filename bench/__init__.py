"""Measurements that anybody can repeat; never part of the tests."""
