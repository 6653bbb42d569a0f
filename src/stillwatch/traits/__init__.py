"""Takes marks; gives `traits`: what an account shows that another might also show. One file for each trait."""
