using DToC.Grains;

namespace DToC.Embedded.Turns;

/// <summary>One grain instance of each kind for one thread, made when first needed.</summary>
internal sealed class GrainInstances(GrainCatalog catalog)
{
    private readonly IGrain?[] _byKind = new IGrain?[256];

    /// <exception cref="KeyNotFoundException">The host was built without this kind.</exception>
    public IGrain Of(GrainKind kind) => _byKind[(byte)kind] ??= catalog.Create(kind);
}
