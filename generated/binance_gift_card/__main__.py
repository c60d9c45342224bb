# Generated from openapi/binance-gift-card-openapi.yml and openapi/overlay.yaml.
# Do not edit: change what it is generated from, then run `python -m codegen generate`.

"""The command line, for whoever runs the package as a module (extra ``cli``)."""

from .cli import main

if __name__ == "__main__":
    main()
