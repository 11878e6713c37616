// bundles are described here
