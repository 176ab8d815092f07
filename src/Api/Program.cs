// Composition arrives with its parts.
return;
