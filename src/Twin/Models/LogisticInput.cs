namespace DToC.Twin.Models;

/// <summary>One input of a <see cref="Logistic"/> model.</summary>
/// <param name="Name">What it reads.</param>
/// <param name="Weight">Log-odds per standardised unit, finite.</param>
/// <param name="Mean">Taken off the value first; 0 for none.</param>
/// <param name="Scale">What the difference is divided by, above 0; 1 for none.</param>
/// <param name="WhenMissing">
/// Value, in the input's own unit, that stands for one that is NaN or infinite; left out, it is the mean, and a
/// missing input then says nothing either way.
/// </param>
public readonly record struct LogisticInput(
    string Name, double Weight, double Mean = 0, double Scale = 1, double? WhenMissing = null);
