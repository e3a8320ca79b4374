"""Forms of the tracker."""
