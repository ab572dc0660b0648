"""Buildings, units and rooms of a site: the lower half of an address, community and estate being the upper one."""
