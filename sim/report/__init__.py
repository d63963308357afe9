"""How anything is said and drawn: language, pictures, maps, pages. Knows no study."""
