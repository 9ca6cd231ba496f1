"""An issue on its way: frozen, claimed, sent, steered, counted."""
