"""Every figure and sentence a reader will see, computed once. Depends on analysis and what lies below."""
