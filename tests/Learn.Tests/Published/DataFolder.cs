namespace DToC.Published;

/// <summary>The folder of public data sets beside the repository, or another of the same shape.</summary>
internal sealed class DataFolder
{
    private readonly string _path;

    private DataFolder(string path) => _path = path;

    /// <summary>A folder that is there.</summary>
    /// <exception cref="DirectoryNotFoundException">It is not.</exception>
    public static DataFolder At(string path) => Directory.Exists(path)
        ? new DataFolder(Path.GetFullPath(path))
        : throw new DirectoryNotFoundException($"There is no folder {Path.GetFullPath(path)}.");

    /// <summary><c>../shared/data</c> beside the repository this was built in; null where it is absent.</summary>
    public static DataFolder? BesideRepository()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !System.IO.File.Exists(Path.Combine(root.FullName, "DToC.sln"))) root = root.Parent;
        if (root is null) return null;
        var path = Path.Combine(root.FullName, "..", "shared", "data");
        return Directory.Exists(path) ? new DataFolder(Path.GetFullPath(path)) : null;
    }

    /// <summary>The path of a file in it, for example <c>cdnow/donations.csv</c>.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public string File(string name)
    {
        var path = Path.Combine(_path, name);
        return System.IO.File.Exists(path) ? path : throw new FileNotFoundException($"There is no file {path}.", path);
    }
}
