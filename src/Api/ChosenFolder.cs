using DToC.Embedded;
using DToC.Embedded.Sealing;
using DToC.Grains;
using DToC.Twin.Plan;

namespace DToC.Api;

/// <summary>The data folder that the switches and the environment name, and how it is opened.</summary>
internal static class ChosenFolder
{
    /// <summary>The options, or what is wrong with the master key.</summary>
    public static (EmbeddedOptions? Options, string? Fault) Options(Switches switches, string folder, TwinPlan plan)
    {
        var options = new EmbeddedOptions
        {
            DataFolder = folder,
            Catalog = TwinGrains.Catalog(),
            InitialPlan = plan,
            LoadPlan = TwinPlan.LoadKept,
            CheckpointPages = switches.LogPages,
        };
        if (switches.StateMemoryBytes is { } memory) options = options with { MemoryLimitBytes = memory };
        try
        {
            var former = switches.FormerMasterKeyFile is { } file ? MasterKey.FromFile(file) : null;
            var master = MasterKey.Find(switches.MasterKeyFile);
            return (options with { MasterKey = master, FormerMasterKey = former }, null);
        }
        catch (IOException exception)
        {
            return (null, exception.Message);
        }
    }
}
