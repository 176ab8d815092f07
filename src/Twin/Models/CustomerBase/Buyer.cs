namespace DToC.Twin.Models.CustomerBase;

/// <summary>
/// What one customer who is alive is like, as a model of the base sees it: the latent values behind the history.
/// </summary>
/// <param name="Rate">
/// Purchases per unit of time, at least 0; in a model of discrete opportunities the probability of buying at one.
/// </param>
/// <param name="DropOut">
/// How the customer leaves, at least 0: a probability after each purchase (BG/NBD, MBG/NBD) or at the start of each
/// period (BG/BB), a rate per unit of time (Pareto/NBD), 0 for never (NBD).
/// </param>
public readonly record struct Buyer(double Rate, double DropOut);
