"""Who computes: this process, processes of this machine, a cluster; and how chunks are handed out to them."""
