using DToC.Twin.Draws;

namespace DToC.Twin.Models.CustomerBase;

/// <summary>
/// A model of a customer base without contracts: how often customers buy while they are alive, how they leave
/// unseen, and how both differ between customers.
/// </summary>
/// <remarks>
/// A history is x, t_x and T: x the number of repeat purchases (the first one not counted), a whole number from 0;
/// t_x the age at the last of them and T the age now, 0 &lt;= t_x &lt;= T, in the unit of time the parameters were
/// fitted in. Other input, and parameters that do not validate, give NaN. All members are pure and allocate nothing.
/// In each of these models rate and drop-out of a customer who is alive are independent and of known distribution
/// given the history, so their posterior is drawn from exactly.
/// </remarks>
/// <typeparam name="TSelf">The model itself.</typeparam>
public interface IPurchaseProcess<TSelf>
    where TSelf : struct, IPurchaseProcess<TSelf>
{
    /// <summary>Word of its stored form.</summary>
    static abstract string KindWord { get; }

    /// <summary>Names of the parameters, all above 0, in the order of <see cref="Of"/>.</summary>
    static abstract IReadOnlyList<string> ParameterNames { get; }

    /// <summary>
    /// What a reader of its scores must know, a sentence each; empty when there is nothing particular.
    /// </summary>
    static abstract IReadOnlyList<string> Limits { get; }

    /// <summary>
    /// Whether one less the probability of being alive says who has left; it does not where nobody can leave before
    /// a repeat purchase, or ever.
    /// </summary>
    static abstract bool TellsWhoLeft { get; }

    /// <summary>How customers leave, and so what <see cref="Buyer.DropOut"/> is.</summary>
    static abstract Leaving Leaving { get; }

    /// <summary>The model of parameters, in the order of their names.</summary>
    static abstract TSelf Of(ReadOnlySpan<double> parameters);

    /// <summary>Its parameters, in the order of their names.</summary>
    /// <param name="parameters">As many values as there are names.</param>
    void CopyTo(Span<double> parameters);

    /// <summary>Null when the parameters can be used; else which one is wrong and what would be right.</summary>
    string? Validate();

    /// <summary>Log-likelihood of one customer's history.</summary>
    double LogLikelihood(double x, double tx, double T);

    /// <summary>Probability in [0, 1] that the customer has not left by T.</summary>
    double ProbabilityAlive(double x, double tx, double T);

    /// <summary>Expected purchases in (T, T + horizon] of a customer who is alive at T.</summary>
    double PurchasesWhileAlive(double x, double T, double horizon);

    /// <summary>Probability of any purchase in (T, T + horizon] of a customer who is alive at T.</summary>
    double AnyPurchaseWhileAlive(double x, double T, double horizon);

    /// <summary>
    /// Expected purchases in (T, T + horizon] of a customer who is alive at T, one at T + t counted as e^(-force t).
    /// </summary>
    /// <param name="x">Repeat purchases.</param>
    /// <param name="T">Age.</param>
    /// <param name="force">Force of interest per unit of time, at least 0; above 0 where the horizon has no
    /// end.</param>
    /// <param name="horizon">Units of time; infinite for a whole life.</param>
    double DiscountedWhileAlive(double x, double T, double force, double horizon);

    /// <summary>Draws what a customer of this history is like who is alive at T.</summary>
    Buyer DrawAlive(double x, double T, Xoshiro256 random);

    /// <summary>Expected purchases within a horizon of a buyer who is alive.</summary>
    static abstract double PurchasesOf(Buyer buyer, double horizon);

    /// <summary>Probability of any purchase within a horizon of a buyer who is alive.</summary>
    static abstract double AnyPurchaseOf(Buyer buyer, double horizon);

    /// <summary>As <see cref="DiscountedWhileAlive"/>, of a buyer who is alive.</summary>
    static abstract double DiscountedOf(Buyer buyer, double force, double horizon);

    /// <summary>The nearest history that is possible: whom reasons compare with is mixed of two customers.</summary>
    static abstract (double X, double Tx, double T) Possible(double x, double tx, double T);
}
