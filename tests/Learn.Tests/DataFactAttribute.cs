using DToC.Published;

namespace DToC.Learn.Tests;

/// <summary>A test of public data; skipped, and said so, where the folder of data sets is absent.</summary>
internal sealed class DataFactAttribute : FactAttribute
{
    public DataFactAttribute()
    {
        if (DataFolder.BesideRepository() is null) Skip = "There is no ../shared/data beside the repository.";
    }

    /// <summary>The folder; of a test that was not skipped.</summary>
    public static DataFolder Folder =>
        DataFolder.BesideRepository() ?? throw new InvalidOperationException("The test was to be skipped.");
}
